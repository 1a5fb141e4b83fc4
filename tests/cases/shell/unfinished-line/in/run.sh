
docker run -d flask-web\
