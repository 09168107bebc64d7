"""The suite: experiments, their settings, the list of all of them, running them, and what a run writes down."""
