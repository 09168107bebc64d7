"""What several parts need: reading and writing whole files, and checks of arguments."""
