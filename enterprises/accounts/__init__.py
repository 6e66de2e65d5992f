"""People's accounts: logging in, second step, sessions, their data. django-allauth does the work."""
