#include "dockerfile-patcher/script/docker_images.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

/* Last parts of public images that start no Python app of the user's. */
static const char foreign[] =
    "postgres postgis timescaledb pgvector pgbouncer pgadmin4 mysql mysql-server mariadb percona mongo mongodb "
    "mongo-express redis redis-stack redis-stack-server valkey keydb dragonfly memcached rabbitmq nats kafka "
    "cp-kafka cp-zookeeper zookeeper redpanda elasticsearch opensearch opensearch-dashboards kibana logstash "
    "filebeat fluentd fluent-bit vector cassandra scylla neo4j influxdb clickhouse-server couchdb cockroach "
    "dynamodb-local localstack moto minio mc elasticmq goaws mailhog mailpit adminer nginx nginx-proxy "
    "acme-companion httpd apache haproxy traefik caddy envoy kong varnish squid certbot prometheus alertmanager "
    "grafana loki promtail tempo jaeger all-in-one zipkin node-exporter node_exporter cadvisor dcgm-exporter "
    "pushgateway otel-collector opentelemetry-collector opentelemetry-collector-contrib "
    "aws-otel-collector cloudwatch-agent aws-xray-daemon xray-daemon agent datadog-agent portainer portainer-ce "
    "watchtower registry vault consul etcd keycloak jenkins gitlab-ce gitlab-runner sonarqube nexus3 qdrant "
    "weaviate milvus ollama selenium hub standalone-chrome standalone-firefox busybox alpine ubuntu debian "
    "amazonlinux centos rockylinux fedora hello-world node golang rust openjdk eclipse-temurin amazoncorretto "
    "maven gradle ruby php composer dotnet docker dind buildkit binfmt hadolint trivy shellcheck terraform "
    "aws-cli amazon-ecs-agent wireguard openvpn bind9 dnsmasq coredns swagger-ui mosquitto emqx wordpress ghost";

static const char *const python_words[] = {"python",  "flask",     "django",    "fastapi", "gunicorn",
                                           "uvicorn", "starlette", "streamlit", "uwsgi"};

/* Registries of an account: what lies there was put there by its owner. */
static const char *const own_registries[] = {".dkr.ecr.",    ".pkg.dev/",  "gcr.io/",
                                             ".azurecr.io/", "localhost/", "localhost:"};

char *image_base_name(const char *reference) {
    char *base = memory_copy(text_base_name(reference));
    for (char *at = base; *at; at++) {
        if (at[0] == '$' && at[1] == '{') {
            at += strcspn(at, "}");
            if (!*at) break;
            continue;
        }
        if (*at == ':' || *at == '@') {
            *at = '\0';
            break;
        }
    }
    return base;
}

bool image_is_foreign(const char *name) {
    return *name && (text_has_word(foreign, name) || text_ends(name, "exporter"));
}

enum image_kind image_kind_of(const char *reference) {
    cleanup_free char *base = image_base_name(reference);
    bool variable = strpbrk(reference, "$`\x01") != NULL;
    if (image_is_foreign(base)) return IMAGE_FOREIGN;
    for (size_t i = 0; i < array_length(python_words); i++)
        if (strstr(reference, python_words[i])) return IMAGE_PYTHON;
    for (size_t i = 0; i < array_length(own_registries); i++)
        if (strstr(reference, own_registries[i])) return IMAGE_OWN;
    return variable || !strchr(reference, '/') ? IMAGE_OWN : IMAGE_UNKNOWN;
}

bool image_equal(const char *one, const char *other) {
    size_t length = strlen(one), other_length = strlen(other);
    if (text_ends(one, ":latest")) length -= strlen(":latest");
    if (text_ends(other, ":latest")) other_length -= strlen(":latest");
    return length == other_length && strncmp(one, other, length) == 0;
}
