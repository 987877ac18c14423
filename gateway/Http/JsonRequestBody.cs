using System.Buffers;

namespace Cluster.Gateway.Http;

/// <summary>Reads a request's body, up to a limit.</summary>
internal static class JsonRequestBody
{
    /// <summary>The whole body.</summary>
    /// <param name="request">Not read before.</param>
    /// <param name="maxBytes">The largest that is taken.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadHttpRequestException">It is larger, or broken off.</exception>
    public static async Task<byte[]> Read(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > maxBytes)
            {
                throw TooLarge(maxBytes);
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static BadHttpRequestException TooLarge(int maxBytes) =>
        new($"the body is larger than the {maxBytes} bytes that are taken", StatusCodes.Status413PayloadTooLarge);
}
