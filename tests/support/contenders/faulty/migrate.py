"""Says who it is and what it was given."""

import os
import sys

print(f"uid {os.getuid()} database {os.environ['DATABASE_URL']} port {os.environ.get('PORT', 'none')}")
print(f"writable {os.access('.', os.W_OK)} scratch {os.access(os.environ['SCRATCH'], os.W_OK)}")
if os.environ["DATABASE_URL"] == "refused":
    sys.exit("no database there")
