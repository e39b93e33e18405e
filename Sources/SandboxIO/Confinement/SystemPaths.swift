internal import Glibc

/// What every confined program may read and execute of the system. Nothing of it is private: `/etc` holds keys and
/// hashed passwords that an owner called root could read, so only the parts that programs need are named.
package enum SystemPaths {
  ///
  /// Looked up once: what is not there now is not there for this session.
  package static let rules = known.filter { access($0.path, F_OK) == 0 }

  private static let known: [FileRule] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt"].map { FileRule(.execute, $0) }
    + [
      "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf",
      "/etc/hosts", "/etc/host.conf", "/etc/resolv.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols",
      "/etc/localtime", "/etc/timezone", "/etc/os-release", "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
      "/etc/ca-certificates", "/etc/pki/tls/certs", "/etc/alternatives", "/etc/mime.types", "/etc/magic", "/etc/fonts",
      "/etc/locale.alias", "/etc/inputrc", "/etc/terminfo", "/etc/java-17-openjdk", "/etc/libreoffice",
      "/etc/ImageMagick-6", "/etc/chromium", "/etc/chromium.d", "/etc/python3", "/etc/python3.11", "/etc/perl",
      "/var/cache/fontconfig",
    ].map { FileRule(.read, $0) }
    + ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"].map { FileRule(.device, $0) }

  /// Where programs are read-only for everybody already.
  static let programFolders = ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/"]
}
