"""``python -m aistats`` is the command line."""

import sys

from aistats.cli import main

sys.exit(main())
