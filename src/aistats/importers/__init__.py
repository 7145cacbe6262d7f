"""From what others wrote to rows of the events table: `draft` proposes them, `add` takes them in."""
