using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class PaymentTests() : PaymentConformance(ClusterProcess.StartEmbedded);
