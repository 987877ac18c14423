using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cluster.Silo.Grains.Access.SecondFactors;

namespace Cluster.Gateway.Access;

/// <summary>What a request brings to prove who sends it.</summary>
/// <param name="Authorization">The header of this name, or null.</param>
/// <param name="ApiKey">The header <c>x-api-key</c>, or null.</param>
/// <param name="Certificate">The client certificate of its connection, or null.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="UserAgent">By which program, as that says; goes into audit rows.</param>
/// <param name="SecondFactor">The header <c>x-second-factor</c>, or null.</param>
internal readonly record struct Credentials(
    string? Authorization, string? ApiKey, X509Certificate2? Certificate, IPAddress? Address, string UserAgent = "", string? SecondFactor = null)
{
    /// <summary>Reads them from a request.</summary>
    public static Credentials Of(HttpContext http) => new(
        http.Request.Headers.Authorization,
        http.Request.Headers["x-api-key"],
        http.Connection.ClientCertificate,
        http.Connection.RemoteIpAddress,
        http.Request.Headers.UserAgent.ToString(),
        http.Request.Headers[SecondFactorChallenge.Header]);
}
