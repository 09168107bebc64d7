"""Tables, figures and pages, all derived from the runs: nothing here is ever typed by hand."""
