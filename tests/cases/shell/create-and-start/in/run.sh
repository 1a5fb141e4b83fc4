#!/bin/bash
docker create --name web flask-web
docker start web
