internal import Glibc
import SandboxCore

extension SystemError {
  /// The error for a failed operation on a file: "cannot ‹action› ‹path›: ‹reason›".
  func failure(_ action: String, _ path: String) -> SandboxError {
    SandboxError(code, "cannot \(action) \(path.forMessage): \(self)", cause: self, retry: retry)
  }

  private var code: SandboxError.Code {
    switch number {
    case ENOENT: .notFound
    case EEXIST, ENOTEMPTY: .alreadyExists
    case EACCES, EPERM: .denied
    case ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EINVAL, ENXIO: .invalidArgument
    case EMFILE, ENFILE, ENOMEM, EAGAIN, EINTR, ETXTBSY, EBUSY: .unavailable
    default: .io
    }
  }

  private var retry: SandboxError.Retry { code == .unavailable ? .backoff : .never }
}

extension String {
  /// A path on one line and of bounded length, whatever it contains.
  var forMessage: String {
    let shown = unicodeScalars.prefix(300)
    let text = String.UnicodeScalarView(shown.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
    return String(text) + (shown.endIndex == unicodeScalars.endIndex ? "" : "…")
  }
}
