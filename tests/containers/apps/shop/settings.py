SECRET_KEY = "of a test, so it guards nothing"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS: list = []
MIDDLEWARE: list = []
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
USE_TZ = True
