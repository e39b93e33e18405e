/// The languages in which code may be given.
enum CodeLanguage: String, CaseIterable {
  case typescript, javascript, python, shell
}
