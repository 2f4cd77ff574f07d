import Testing

import TestSupport
