#!/bin/bash
docker run -d $THING flask-web serve
