/// A complete page around an HTML fragment: readable on screen, light or dark, and on paper; it loads nothing.
enum HTMLPage {
  static func make(title: String, body: String) -> String {
    """
    <!DOCTYPE html>
    <html>
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
    <meta name="color-scheme" content="light dark">
    <title>\(Markup.escape(title))</title>
    <style>
    \(style)
    </style>
    </head>
    <body>
    <main>
    \(body)</main>
    </body>
    </html>

    """
  }

  private static let style = """
    :root { color-scheme: light dark; }
    :root { --text: #1c2128; --back: #fff; --line: #d0d7de; --soft: #f6f8fa; --link: #0b57d0; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e6edf3; --back: #14181d; --line: #3a424c; --soft: #20262d; --link: #8ab4f8; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--text); font: 17px/1.6 system-ui, sans-serif; }
    main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; overflow-wrap: break-word; }
    h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 2em 0 .6em; }
    h1 { font-size: 2rem; margin-top: 0; }
    h2 { font-size: 1.5rem; border-bottom: 1px solid var(--line); padding-bottom: .25em; }
    h3 { font-size: 1.2rem; }
    a { color: var(--link); }
    img { max-width: 100%; height: auto; }
    code, pre { font: .88em/1.5 ui-monospace, monospace; background: var(--soft); border-radius: 4px; }
    code { padding: .15em .35em; }
    pre { padding: .9em 1em; overflow-x: auto; border: 1px solid var(--line); }
    pre code { padding: 0; background: none; font-size: inherit; }
    blockquote { margin: 1em 0; padding: 0 1em; border-left: 4px solid var(--line); }
    .table { overflow-x: auto; }
    table { border-collapse: collapse; }
    th, td { border: 1px solid var(--line); padding: .4em .7em; text-align: left; vertical-align: top; }
    th { background: var(--soft); }
    .center { text-align: center; }
    .right { text-align: right; font-variant-numeric: tabular-nums; }
    hr { border: 0; border-top: 1px solid var(--line); margin: 2em 0; }
    .notes { margin-top: 3em; border-top: 1px solid var(--line); font-size: .9em; }
    @media print {
      :root { color-scheme: light; --text: #000; --back: #fff; --line: #999; --soft: #f2f2f2; --link: #000; }
      body { font-size: 11pt; }
      main { max-width: none; padding: 0; }
      h1, h2, h3, h4, h5, h6 { break-after: avoid; }
      pre, blockquote, table, img { break-inside: avoid; }
      pre { white-space: pre-wrap; }
    }
    """
}
