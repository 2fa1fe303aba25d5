"""A nano ACE-Step: the v1 architecture, narrow, trained from nothing on music that this package synthesises."""
