#!/bin/bash
ssh host docker run -d flask-web
