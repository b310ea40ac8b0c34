"""What many starts end in: polished end points, what they are, and how sure that is."""
