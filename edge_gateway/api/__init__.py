"""The local API: lines of JSON over a unix socket that only its owner may open (docs/integrators/local-api.md)."""
