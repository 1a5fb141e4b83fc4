#!/bin/bash
cat > /opt/start.sh <<'EOF'
#!/bin/sh
# appsig-patch: options 3 to 4 below are new
docker run --rm \
  -p 8000:8000 \
  -e SERVICE_NAME=shop \
  --network host \
  flask-web
EOF
