using Cluster.Tests.EndToEnd;
using Xunit;

namespace Cluster.Tests.OrleansHost.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class OrleansPaymentTests() : PaymentConformance(ProcessCluster.Start);
