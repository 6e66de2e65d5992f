import os

from django.core.wsgi import get_wsgi_application

from directory.startup import one_clear_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")
with one_clear_sentence():
    application = get_wsgi_application()
