"""A job that asks the services named on its command line and ends."""

import sys
import urllib.request

import requests

for url in sys.argv[1:]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        answer.read()
    requests.get(url, timeout=10).raise_for_status()
print("done")
