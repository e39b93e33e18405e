# A template with the program in it and nothing started: what a template starts is frozen into its snapshot and never sees
# the variables of a session (README.md beside this file). Run `make release` first and build in the project's folder.
FROM e2bdev/base
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libsqlite3-0 libstdc++6 zlib1g python3 nodejs \
 && rm -rf /var/lib/apt/lists/*
COPY .build/ship /opt/sandbox-entry
