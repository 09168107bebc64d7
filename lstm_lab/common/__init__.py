"""What several parts need: whole files, arrays of numbers, and checks of arguments."""
