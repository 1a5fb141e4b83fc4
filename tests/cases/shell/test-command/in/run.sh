#!/bin/bash
docker run -d flask-web pytest
