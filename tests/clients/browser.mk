# A browser for the test of GraphiQL: the machine's, or else its package manager's where that may be used.
.PHONY: browser

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  command -v apt-get >/dev/null 2>&1 && test "$$(id -u)" = 0 && echo "Installing Chromium for the tests" && \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends --yes chromium >/dev/null; } || \
	echo "No Chromium here and no way to install it: the test of GraphiQL in a browser will be skipped"
