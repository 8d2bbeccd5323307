# shellcheck shell=sh
# What the launcher and CI need to build, to be sourced: a JDK, and Maven.

# Says why in one line, and leaves with the status of an environment problem.
give_up() {
  echo "kvm4j: $*" >&2
  exit 2
}

# True if $1 is the home of a JDK (not a mere JRE) of 25 or newer.
is_new_jdk() {
  [ -x "$1/bin/javac" ] || return 1
  number=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) || true
  [ -n "$number" ] || number=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  [ "${number:-0}" -ge 25 ]
}

# Prints the home of a JDK of 25 or newer: JAVA_HOME, the one on PATH, or the first under /usr/lib/jvm.
find_jdk() {
  on_path=$(command -v javac || true)
  [ -z "$on_path" ] || on_path=$(readlink -f "$on_path")
  for home in "${JAVA_HOME:-}" "${on_path%/bin/javac}" /usr/lib/jvm/*; do
    if [ -n "$home" ] && is_new_jdk "$home"; then
      echo "$home"
      return 0
    fi
  done
  return 1
}

# True if packages can and may be installed here: as root, by apt-get, unless KVM4J_INSTALL=no.
can_install() {
  [ "${KVM4J_INSTALL:-yes}" != no ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null
}

# Installs packages by name, after saying which.
install_packages() {
  echo "kvm4j: installing $* with apt-get (KVM4J_INSTALL=no to refuse)" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null 2>&1
}

# Prints the name of the distribution's oldest package of a JDK that is new enough.
jdk_package() {
  apt-cache pkgnames openjdk- | sed -n 's/^openjdk-\([0-9]*\)-jdk-headless$/\1/p' | sort -n |
    while read -r number; do
      if [ "$number" -ge 25 ]; then
        echo "openjdk-$number-jdk-headless"
        break
      fi
    done
}

# Prints the home of a JDK, installing one where that is possible.
need_jdk() {
  find_jdk && return
  if can_install; then
    package=$(jdk_package)
    if [ -z "$package" ]; then
      apt-get update -qq >/dev/null 2>&1 || true
      package=$(jdk_package)
    fi
    if [ -n "$package" ] && install_packages "$package"; then
      find_jdk && return
    fi
  fi
  give_up "no JDK 25 or newer in JAVA_HOME, PATH or /usr/lib/jvm: install one (package openjdk-25-jdk-headless," \
    "or an archive such as Temurin's with JAVA_HOME set to it)"
}

# Sees to it that mvn can be called.
need_maven() {
  command -v mvn >/dev/null && return
  if can_install; then
    [ -n "$(apt-cache pkgnames maven)" ] || apt-get update -qq >/dev/null 2>&1 || true
    install_packages maven && command -v mvn >/dev/null && return
  fi
  give_up "no mvn on PATH: install Maven 3.8.7 or newer (package maven)"
}
