using Cluster.Grpc.Reflection.V1;
using Google.Protobuf.Reflection;
using Question = Cluster.Grpc.Reflection.V1.ServerReflectionRequest.MessageRequestOneofCase;

namespace Cluster.Grpc.Reflection;

/// <summary>Answers one question of the reflection protocol from the index.</summary>
internal sealed class ReflectionAnswers(IReadOnlyList<string> services, DescriptorIndex index)
{
    public ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case Question.FileByFilename:
                AnswerFile(response, index.FindFile(request.FileByFilename), $"file '{request.FileByFilename}' is not known");
                break;
            case Question.FileContainingSymbol:
                AnswerFile(response, index.FindSymbol(request.FileContainingSymbol), $"symbol '{request.FileContainingSymbol}' is not known");
                break;
            case Question.FileContainingExtension:
                var (type, number) = (request.FileContainingExtension.ContainingType, request.FileContainingExtension.ExtensionNumber);
                AnswerFile(response, index.FindExtension(type, number), $"extension {number} of '{type}' is not known");
                break;
            case Question.AllExtensionNumbersOfType:
                AnswerExtensionNumbers(response, request.AllExtensionNumbersOfType);
                break;
            case Question.ListServices:
                response.ListServicesResponse = new ListServiceResponse { Service = { services.Select(name => new ServiceResponse { Name = name }) } };
                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "the request asks nothing that is known here");
                break;
        }

        return response;
    }

    private static void AnswerFile(ServerReflectionResponse response, FileDescriptor? file, string unknown)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, unknown);
            return;
        }

        // With all it imports, so that a client can build the descriptors without asking again.
        response.FileDescriptorResponse = new FileDescriptorResponse();
        var told = new HashSet<string>(StringComparer.Ordinal);
        Tell(file);

        void Tell(FileDescriptor next)
        {
            if (!told.Add(next.Name))
            {
                return;
            }

            response.FileDescriptorResponse.FileDescriptorProto.Add(next.SerializedData);
            foreach (var dependency in next.Dependencies)
            {
                Tell(dependency);
            }
        }
    }

    private void AnswerExtensionNumbers(ServerReflectionResponse response, string type)
    {
        if (index.FindExtensionNumbers(type) is { } numbers)
        {
            response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = type, ExtensionNumber = { numbers } };
        }
        else
        {
            response.ErrorResponse = Error(StatusCode.NotFound, $"type '{type}' is not known");
        }
    }

    private static ErrorResponse Error(StatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };
}
