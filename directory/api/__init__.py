"""The open data as JSON under /api/v1/: what everybody can see on the pages, for programs."""
