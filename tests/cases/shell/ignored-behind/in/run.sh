#!/bin/bash
docker run -d flask-web # appsig-ignore
