"""Lists of suppliers that buyers paste or upload: read in memory, and never kept."""
