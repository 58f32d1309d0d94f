"""Downloads a file or a whole repo with huggingface_hub into its cache."""

import json
import sys

from huggingface_hub import hf_hub_download, snapshot_download

given = json.loads(sys.argv[1])
if "path" in given:
    hf_hub_download(given["repo"], given["path"], cache_dir=given["folder"])
else:
    snapshot_download(given["repo"], cache_dir=given["folder"])
