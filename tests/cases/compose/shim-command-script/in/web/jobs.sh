#!/bin/sh
celery -A shop worker
