#!/bin/bash
DOCKER="${DOCKER:-docker}"
$DOCKER run -d flask-web
