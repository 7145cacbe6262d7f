"""From what others wrote to rows of the events table: `draft` proposes, `add` takes in."""
