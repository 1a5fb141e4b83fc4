#!/bin/bash
ID=$(docker run -d flask-web)
echo "$ID"
