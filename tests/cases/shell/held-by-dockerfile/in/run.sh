#!/bin/bash
docker build -t web .
docker run -d web
