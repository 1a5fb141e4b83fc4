#!/bin/bash
cat > /opt/start.sh <<'EOF'
#!/bin/sh
docker run --rm \
  -p 8000:8000 \
  flask-web
EOF
