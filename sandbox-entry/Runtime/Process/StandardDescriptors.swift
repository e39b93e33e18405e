import Glibc

/// What is put in order before anything else runs.
enum StandardDescriptors {
  /// Opens missing standard streams on `/dev/null`, so that no file of ours ever gets their numbers.
  static func secure() {
    for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY)
    }
  }
}
