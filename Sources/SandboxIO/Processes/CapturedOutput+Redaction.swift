package import SandboxCore

extension CapturedOutput {
  /// The output without secrets. Where bytes are missing, what can be a part of a secret is left out as well; so this
  /// comes before anything else is cut off. ``whole`` stays as it is.
  package func redacted(by redactor: Redactor) -> CapturedOutput {
    let kept = head.count + tail.count
    guard truncated else {
      let clean = redactor.redact(head + tail)
      return CapturedOutput(head: clean, tail: [], totalBytes: clean.count, whole: whole)
    }
    let before = redactor.redact(beginning: head)
    let after = redactor.redact(end: tail)
    return CapturedOutput(
      head: before, tail: after, totalBytes: max(totalBytes, totalBytes - kept + before.count + after.count),
      whole: whole)
  }
}
