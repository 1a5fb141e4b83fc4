#!/bin/bash
{% if x %}
docker run -d flask-web
{% endif %}
