package import SandboxCore

extension SessionDirectory {
  /// Replaces `status.json` on the calling thread, for the moment before the process is ended by force. Says nothing when
  /// it fails: nobody is left who could act on it.
  package func writeStatusNow(_ status: JSONValue) {
    do throws(SandboxError) {
      try FileSystem.replace(paths.status, in: paths.directory, with: text(status), isDurable: false)
    } catch {}
  }
}
