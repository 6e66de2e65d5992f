import os

from django.core.wsgi import get_wsgi_application

from directory.startup import one_clear_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")
with one_clear_sentence():
    django_application = get_wsgi_application()

from django.conf import settings

from directory.page_cache import PageCache

application = PageCache(django_application, settings.PAGE_CACHE_MB * 1_000_000)
