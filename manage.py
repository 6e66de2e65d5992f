#!/usr/bin/env python
import os
import sys

from directory.startup import one_clear_sentence


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")
    from django.core.management import execute_from_command_line

    with one_clear_sentence():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
