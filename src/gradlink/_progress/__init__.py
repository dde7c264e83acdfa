"""Where jobs stand, shown to people: in a terminal and in a notebook."""
