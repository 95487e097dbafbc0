#!/bin/sh
# Java 17 or newer, which Spark runs on: what is here, else what the package manager has. Says clearly what it could not.
set -u

new_enough() {
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    command -v "$java" >/dev/null 2>&1 || return 1
    version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${version:-0}" -ge 17 ]
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

fetched() {
    if command -v apt-get >/dev/null 2>&1; then
        as_root apt-get update -qq
        as_root apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless ||
            as_root apt-get install -y -qq --no-install-recommends default-jre-headless
    elif command -v dnf >/dev/null 2>&1; then
        as_root dnf install -y -q java-17-openjdk-headless
    elif command -v apk >/dev/null 2>&1; then
        as_root apk add --quiet openjdk17-jre-headless bash
    elif command -v brew >/dev/null 2>&1; then
        brew install --quiet openjdk@17
    else
        echo "there is no package manager here that this script knows (apt-get, dnf, apk, brew)" >&2
        return 1
    fi
}

new_enough && exit 0
echo "there is no Java 17 or newer: asking the package manager for one"
fetched
new_enough && exit 0
echo "the cluster needs Java 17 or newer, and it could not be installed: install one, or set JAVA_HOME to one that is there" >&2
exit 1
