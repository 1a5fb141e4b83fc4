#!/bin/bash
yum install -y python3
pip3 install flask gunicorn
cat > /opt/quotes/start.sh <<EOF
#!/bin/bash
cd /opt/quotes
exec gunicorn -w \$(nproc) app:app
EOF
chmod +x /opt/quotes/start.sh
/opt/quotes/start.sh &
