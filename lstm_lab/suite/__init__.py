"""The suite: experiments and their settings, which there are, running them, and what a run leaves behind."""
