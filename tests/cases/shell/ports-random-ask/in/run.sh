#!/bin/bash
docker run -dP flask-web
